// What axe does not see, measured in the page as it stands. Each function answers with a line per offender.
(() => {
  "use strict";
  const PRESSED = "a[href], button, summary, input:not([type=hidden]), select, textarea";
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const all = (selector) => Array.from(document.querySelectorAll(selector)).filter(shown);
  const name = (element) => {
    const words = (element.getAttribute("aria-label") || element.textContent || element.name || "").trim().replace(/\s+/g, " ").slice(0, 30);
    return `${element.localName}.${Array.from(element.classList).slice(0, 2).join(".")} "${words}"`;
  };

  /* ---- 44 px: how far from its middle a finger still meets it ---- */
  const LEAST = 44;
  const meets = (element, x, y) => {
    const under = document.elementFromPoint(x, y);
    const pressed = under?.closest(`${PRESSED}, label`);
    return pressed === element || (pressed?.localName === "label" && pressed.control === element) || element.contains(under);
  };
  const reach = (element, x, y, dx, dy) => {
    let far = 0;
    while (far < LEAST && meets(element, x + dx * (far + 1), y + dy * (far + 1))) far += 1;
    return far;
  };
  // A link in a sentence is as high as its line (WCAG 2.2, 2.5.8).
  const inText = (element) => {
    if (element.localName !== "a" || getComputedStyle(element).display !== "inline") return false;
    let block = element.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    return block.textContent.trim().length > element.textContent.trim().length + 1;
  };
  const middle = (element) => {
    const box = element.getClientRects()[0];
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  const HALF = (LEAST - 1) / 2;
  const roomy = (element) => {
    const [x, y] = middle(element);
    return [[-HALF, 0], [HALF, 0], [0, -HALF], [0, HALF]].every(([dx, dy]) => meets(element, x + dx, y + dy));
  };
  const small = () => all(PRESSED).filter((element) => !inText(element) && !roomy(element)).flatMap((element) => {
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const [x, y] = middle(element);
    if (!meets(element, x, y) || roomy(element)) return [];   // covered now; what covers it is measured
    const wide = reach(element, x, y, -1, 0) + reach(element, x, y, 1, 0) + 1;
    const high = reach(element, x, y, 0, -1) + reach(element, x, y, 0, 1) + 1;
    return wide < LEAST - 1 || high < LEAST - 1 ? [`small ${wide}x${high} ${name(element)}`] : [];
  });

  /* ---- focus: something around the element looks otherwise while it has it, and nothing covers it ---- */
  const LOOKS = ["boxShadow", "borderTopColor", "borderTopWidth", "backgroundColor", "textDecorationLine", "display"];
  const ring = (style) => (style.outlineStyle === "none" || style.outlineColor === "rgba(0, 0, 0, 0)" ? "" : style.outline);
  const look = (element, part) => {
    const style = getComputedStyle(element, part);
    return LOOKS.map((each) => style[each]).join() + ring(style);
  };
  const around = (element) => [element.nextElementSibling, element.parentElement, element.parentElement?.parentElement, element.closest("tr, li, article")]
    .filter(Boolean).map((each) => look(each) + look(each, "::after")).join("|");
  const unseen = () => all(PRESSED).filter((element) => element.tabIndex >= 0 && !element.disabled).flatMap((element) => {
    const before = look(element);
    element.focus();
    if (document.activeElement !== element) return [];
    const found = [];
    if (look(element) === before) {
      const with_focus = around(element);
      element.blur();
      if (around(element) === with_focus) found.push(`focus is not seen: ${name(element)}`);
      element.focus();
    }
    const box = element.getClientRects()[0];
    if (box.right < 0 || box.bottom < 0 || box.left > innerWidth || box.top > innerHeight) found.push(`focus is out of sight: ${name(element)}`);
    const [x, y] = middle(element);
    const over = document.elementFromPoint(x, y);             // nothing where the middle is out of sight
    if (over && !meets(element, x, y) && !over.contains(element)) found.push(`focus is covered by ${name(over)}: ${name(element)}`);
    return found;
  });

  /* ---- nothing is lost: no page scrolls sideways, no words are cut off ---- */
  const lost = () => {
    const found = [];
    if (document.documentElement.scrollWidth > innerWidth + 1) {
      const widest = all("body *").filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !scrolls(element));
      found.push(`sideways ${document.documentElement.scrollWidth} of ${innerWidth}: ${widest.slice(-2).map(name).join(", ")}`);
    }
    for (const element of document.querySelectorAll("body *")) {
      if (!element.clientWidth || (element.scrollWidth <= element.clientWidth + 1 && element.scrollHeight <= element.clientHeight + 1)) continue;
      const style = getComputedStyle(element);
      if (!["hidden", "clip"].includes(style.overflowX) || !element.textContent.trim() || element.closest(".visually-hidden, .sprite, svg, .training")) continue;
      if (style.clip !== "auto" || style.clipPath !== "none") continue;
      if (shown(element)) found.push(`cut off: ${name(element)}`);
    }
    return found;
  };
  const scrolls = (element) => {
    for (let each = element.parentElement; each; each = each.parentElement) if (["auto", "scroll"].includes(getComputedStyle(each).overflowX)) return true;
    return false;
  };

  /* ---- the reader's own spacing (WCAG 1.4.12), as a reader's style would have it ---- */
  const spaced = () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } p { margin-bottom: 2em !important; }");
    document.adoptedStyleSheets = [sheet];
    const found = lost().map((each) => `spaced: ${each}`);
    document.adoptedStyleSheets = [];
    return found;
  };

  /* ---- without motion nothing moves ---- */
  const moving = () => all("body *").flatMap((element) => {
    const style = getComputedStyle(element);
    return style.animationName !== "none" || style.transitionDuration.split(", ").some((each) => parseFloat(each) > 0) ? [`moves: ${name(element)}`] : [];
  });

  window.eyes = { small, unseen, lost, spaced, moving };
})();
