// masto.js (under Elk and Phanpy), asked line by line: see speaking.mjs.
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";
import { speak } from "./speaking.mjs";

const { SERVER: url, TOKEN: accessToken, STREAMING: streamingApiUrl } = process.env;

await speak(
  {
    rest: createRestAPIClient({ url, accessToken }),
    oauth: createOAuthAPIClient({ url }),
    streaming: createStreamingAPIClient({ streamingApiUrl, accessToken }),
  },
  { explain: (error) => ({ status: error?.statusCode, message: error?.message }) },
);
