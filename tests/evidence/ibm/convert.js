// One contract through apiconnect-wsdl, as its README says: node convert.js PACKAGES ZIP-or-WSDL OUT.json
// Writes {services: [...], documents: [...], error, seconds, megabytes}. Nothing of ours takes part.
const [, , packages, input, output] = process.argv;
const fs = require("fs");
const path = require("path");
const wsdl = require(path.join(packages, "node_modules", "apiconnect-wsdl"));

const plain = { documents: [], services: [], error: "" };
const start = process.hrtime.bigint();

async function run() {
  const buffer = fs.readFileSync(input);
  const found = await wsdl.introspectWSDL(buffer, { allowExtraFiles: true });
  plain.services = found.services.map((each) => each.service);
  for (const each of found.services) {
    const options = { type: "wsdl-to-rest", openapiVersion: "2.0", allowExtraFiles: true };
    const made = await wsdl.createOpenApi(buffer, each.service, each.filename || path.basename(input), options);
    plain.documents.push(made.openapi);
  }
}

function end() {
  plain.seconds = Number(process.hrtime.bigint() - start) / 1e9;
  // The peak of this process alone: maxRSS would begin with what the process had that started it.
  const peak = /VmHWM:\s*(\d+)/.exec(fs.readFileSync("/proc/self/status", "latin1"));
  plain.megabytes = Number(peak[1]) / 1024;
  fs.writeFileSync(output, JSON.stringify(plain));
}

run()
  .catch((error) => {
    plain.error = String((error && error.message) || error).slice(0, 500);
  })
  .finally(end);
