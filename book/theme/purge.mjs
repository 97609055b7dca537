// Prints a style sheet without the rules that no page and no script of the site can use.
import { createRequire } from "node:module";

const [purgecss, site, sheet] = process.argv.slice(2);
const { PurgeCSS } = createRequire(import.meta.url)(purgecss);
const [{ css }] = await new PurgeCSS().purge({
  content: [`${site}/**/*.html`, `${site}/_static/**/*.js`],
  css: [sheet],
});
process.stdout.write(css);
