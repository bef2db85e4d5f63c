"""What the others need and we do not: Rasa with real TensorFlow (2.4 GB), and nlp.js (7 MB)."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from bench.assistants import CACHE, ROOT, STOCK_PYTHON

_HERE = Path(__file__).parent
NODE_MODULES = CACHE / "nlpjs"


def prepare_stock_rasa() -> None:
    """Make the environment of bench/stock/requirements.txt once. Takes some minutes. Raises RuntimeError."""
    wanted = _HERE / "stock" / "requirements.txt"
    mark = STOCK_PYTHON.parent.parent / "made-from.sha256"
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()
    if STOCK_PYTHON.exists() and mark.exists() and mark.read_text() == digest:
        return
    print("Installing stock Rasa with TensorFlow (2.4 GB) into .bench/stock-venv ...", flush=True)
    uv = ROOT / ".uv" / "bin" / "uv"
    command = str(uv) if uv.exists() else shutil.which("uv")
    if command is None:
        raise RuntimeError("uv is missing. Run 'make setup' first.")
    folder = STOCK_PYTHON.parent.parent
    _run(command, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
    _run(command, "pip", "install", "--quiet", "--python", str(STOCK_PYTHON), "-r", str(wanted))
    mark.write_text(digest)


def prepare_nlpjs() -> bool:
    """Install nlp.js once; False if there is no node here."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    if not (NODE_MODULES / "node_modules").exists():
        NODE_MODULES.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(_HERE / "nlpjs" / name, NODE_MODULES / name)
        _run("npm", "ci", "--silent", "--no-fund", "--no-audit", folder=NODE_MODULES)
    return True


def _run(*command: str, folder: Path | None = None) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"'{' '.join(command[:3])}' failed: {done.stderr.strip()[-500:]}")
