// Temperatures, served by the npm package soap (SOAP 1.1, document/literal): node node_server.js PORT WSDL
"use strict";

const fs = require("fs");
const http = require("http");
const soap = require("soap");

const [port, wsdl] = [Number(process.argv[2]), fs.readFileSync(process.argv[3], "utf8")];

const service = {
  Weather: {
    WeatherPort: {
      Readings: ({ station, most }) => {
        if (station === "nowhere") {
          throw { Fault: { faultcode: "soap:Client", faultstring: "STATION_UNKNOWN", statusCode: 500 } };
        }
        const celsius = ["-0.50", "12.25", "21.00"].slice(0, Number(most));
        return { station, reading: celsius.map((value, hour) => ({ attributes: { hour }, celsius: value })) };
      },
    },
  },
};

const server = http.createServer((request, response) => response.writeHead(404).end());
server.listen(port, "127.0.0.1", () => soap.listen(server, "/weather", service, wsdl));
