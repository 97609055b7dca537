// Typesets formulas: a JSON object {tex, display} on each line of input, {html} or {error} on each line of output.
const katex = require(process.argv[2]);

// An unknown command is an error, and so is LaTeX that only KaTeX would accept: chapters also render in MathJax.
const STRICT = { throwOnError: true, strict: "error" };

require("readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { tex, display } = JSON.parse(line);
    let answer;
    try {
      answer = { html: katex.renderToString(tex, { ...STRICT, displayMode: display }) };
    } catch (error) {
      answer = { error: error.message };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  });
