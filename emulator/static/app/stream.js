/** What happens in the workspace, as it happens. */

/**
 * Listen as one person. The browser reconnects by itself; nothing is replayed, so
 * `resumed` is called after each reconnect.
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
  const query = new URLSearchParams(inspect ? { as, inspect: "1" } : { as });
  const source = new EventSource(new URL(`/control/stream?${query}`, location.origin));
  let greeted = false;
  source.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.type === "hello") {
      connection(true);
      if (greeted) resumed();
      greeted = true;
    }
    heard(event);
  };
  source.onerror = () => connection(false);
  return () => source.close();
}
