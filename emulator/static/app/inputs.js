/** What of a list of blocks can hold a value. */

const HOLDS = /select|input|picker|checkboxes|radio/;

/**
 * @param {any[]} blocks
 * @returns {{blockId: string, element: any}[]}
 */
export function inputsOf(blocks) {
  return (blocks ?? []).flatMap((block) => {
    const elements = [
      block?.element,
      block?.accessory,
      ...(Array.isArray(block?.elements) ? block.elements : []),
    ];
    const own = elements
      .filter((element) => element?.action_id && HOLDS.test(element.type))
      .map((element) => ({ blockId: block.block_id, element }));
    return [...own, ...inputsOf(block?.child_blocks)];
  });
}
