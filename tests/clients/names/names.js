// Node reads this at its start: one name leads to a port of this computer.
const tls = require("tls");

const { MAPPED_NAME, MAPPED_PORT } = process.env;
const connect = tls.connect;
tls.connect = (options, ...more) =>
  connect(
    options.host === MAPPED_NAME
      ? { ...options, host: "127.0.0.1", port: MAPPED_PORT, servername: MAPPED_NAME }
      : options,
    ...more,
  );
