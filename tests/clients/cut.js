// remove.bg's client for Node, as its readme shows it: KEY, PHOTO, RESULT.
const { removeBackgroundFromImageFile } = require("remove.bg");

const [apiKey, path, outputFile] = process.argv.slice(2);
removeBackgroundFromImageFile({ path, apiKey, outputFile, size: "regular", type: "product" })
  .then((result) => console.log(result.resultWidth, result.resultHeight))
  .catch((errors) => {
    console.error(JSON.stringify(errors));
    process.exit(1);
  });
