// Trains nlp.js on examples and asks it about others: node accuracy.js EXAMPLES.json FOLDER_OF_NODE_MODULES
// EXAMPLES.json: {"learnt": [[text, intent], …], "held_out": [[text, intent], …]}; writes one line of JSON.
const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");

async function main() {
  const [file, folder] = process.argv.slice(2);
  const { dockStart } = createRequire(path.join(path.resolve(folder), "x.js"))("@nlpjs/basic");
  const examples = JSON.parse(fs.readFileSync(file, "utf8"));
  const log = console.log;
  console.log = () => {}; // it prints every epoch
  const dock = await dockStart({ settings: { nlp: { autoSave: false, log: false } }, use: ["Basic"] });
  const nlp = dock.get("nlp");
  nlp.addLanguage("en");
  for (const [text, intent] of examples.learnt) nlp.addDocument("en", text, intent);
  const started = process.hrtime.bigint();
  await nlp.train();
  const trained = process.hrtime.bigint();
  let right = 0;
  const times = [];
  for (const [text, intent] of examples.held_out) {
    const asked = process.hrtime.bigint();
    const answer = await nlp.process("en", text);
    times.push(Number(process.hrtime.bigint() - asked) / 1e6);
    right += answer.intent === intent;
  }
  times.sort((one, other) => one - other);
  log(
    JSON.stringify({
      accuracy: right / examples.held_out.length,
      message_ms: times[Math.floor(times.length / 2)],
      train_seconds: Number(trained - started) / 1e9,
      memory_mb: process.memoryUsage().rss / 1e6,
    })
  );
}

main();
