// Lets Mermaid read charts, and says which it refuses and why.
// Usage: node mermaid_parse.mjs NODE_MODULES FILE...     exit status: how many it refuses
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modules, ...files] = process.argv.slice(2);
const { JSDOM } = createRequire(`${modules}/here.js`)('jsdom');

// Mermaid cleans labels with the document's help, also when nothing is drawn.
const page = new JSDOM('');
globalThis.window = page.window;
globalThis.document = page.window.document;
const { default: mermaid } = await import(pathToFileURL(`${modules}/mermaid/dist/mermaid.core.mjs`));

let refused = 0;
for (const file of files) {
    try {
        const { diagramType } = await mermaid.parse(readFileSync(file, 'utf8'));
        if (diagramType !== 'sequence')
            throw new Error(`it is taken for a ${diagramType}`);
        console.log(`${file}: understood`);
    } catch (error) {
        console.log(`${file}: ${error.message}`);
        refused++;
    }
}
process.exit(refused);
