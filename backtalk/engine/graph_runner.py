"""Running the model's graph one node after the other."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Type, TypeVar

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage

Component = TypeVar("Component")


class InOrder(GraphRunner):
    """Runs the nodes that a target needs, each once, in an order found the first time.

    Rasa hands the graph to Dask, which plans it anew for each of the three runs of a turn: 1.5 ms.
    """

    def __init__(self, schema: GraphSchema, nodes: Dict[str, GraphNode]) -> None:
        self._schema = schema
        self._nodes = nodes
        self._orders: Dict[tuple[str, ...], List[str]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: Optional[List[GraphNodeHook]] = None,
    ) -> InOrder:
        nodes = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        return cls(graph_schema, nodes)

    def component(self, kind: Type[Component]) -> Optional[Component]:
        """The component of a class, if the graph has one."""
        loaded = (node._component for node in self._nodes.values())
        return next((one for one in loaded if isinstance(one, kind)), None)

    def run(
        self, inputs: Optional[Dict[str, Any]] = None, targets: Optional[List[str]] = None
    ) -> Dict[str, Any]:
        """The targets' outputs. Raises GraphRunError, or what a node raises."""
        wanted = tuple(targets or self._schema.target_names)
        order = self._orders.get(wanted)
        if order is None:
            order = self._orders[wanted] = self._in_order(wanted, inputs or {})
        found = dict(inputs or {})
        for name in order:
            needed = self._schema.nodes[name].needs.values()
            try:
                _, found[name] = self._nodes[name](*((need, found[need]) for need in needed))
            except RuntimeError as error:
                raise GraphRunError(f"Node {name} failed.") from error
        return {name: found[name] for name in wanted}

    def _in_order(self, targets: Sequence[str], inputs: Dict[str, Any]) -> List[str]:
        """The nodes that the targets need, each after what it needs itself."""
        order: List[str] = []

        def visit(name: str) -> None:
            if name in inputs or name in order:
                return
            if name not in self._schema.nodes:
                raise GraphRunError(f"Nothing provides '{name}'.")
            for need in self._schema.nodes[name].needs.values():
                visit(need)
            order.append(name)

        for target in targets:
            visit(target)
        return order
