/**
 * What happens in the workspace, as it happens. A WebSocket, because a browser opens only
 * six other connections to one host, and each window keeps this one.
 */

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4000;

/**
 * Listen as one person, also across restarts. Nothing is replayed, so `resumed` is called
 * after each reconnect.
 *
 * @param {Object} options
 * @param {string} options.as
 * @param {boolean} options.inspect also the API calls and envelopes of everybody
 * @param {(event: {type: string}) => void} options.heard
 * @param {() => void} options.resumed
 * @param {(up: boolean) => void} options.connection
 * @returns {() => void} stops listening
 */
export function listen({ as, inspect, heard, resumed, connection }) {
  const address = new URL("/control/stream", location.origin.replace(/^http/, "ws"));
  address.search = new URLSearchParams(inspect ? { as, inspect: "1" } : { as });
  let pause = FIRST_RETRY_MS;
  let greeted = false;
  let stopped = false;
  let socket;
  let retry;

  const connect = () => {
    socket = new WebSocket(address);
    socket.onmessage = ({ data }) => {
      if (stopped) return;
      const event = JSON.parse(data);
      if (event.type === "hello") welcome();
      heard(event);
    };
    socket.onclose = () => {
      if (stopped) return;
      connection(false);
      retry = setTimeout(connect, pause);
      pause = Math.min(pause * 2, LAST_RETRY_MS);
    };
  };

  const welcome = () => {
    pause = FIRST_RETRY_MS;
    connection(true);
    if (greeted) resumed();
    greeted = true;
  };

  connect();
  return () => {
    stopped = true;
    clearTimeout(retry);
    socket.close();
  };
}
