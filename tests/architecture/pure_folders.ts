/**
 * Lint rule `kbot/pure-folders`: what the engine computes is a function of its inputs, so its folders name no clock,
 * no chance, no timer and no I/O (DESIGN.md 2).
 * @module
 */

import { isPure, projectPath } from "./layers.ts";

/** Globals that a pure file must not name at all, and what they would let in. */
const IMPURE_GLOBALS: ReadonlyMap<string, string> = new Map([
  ...["Deno", "process", "fetch", "WebSocket", "WebSocketStream", "EventSource", "XMLHttpRequest", "Worker"].map(
    (name) => [name, "I/O"] as const,
  ),
  ...["BroadcastChannel", "localStorage", "sessionStorage", "indexedDB", "caches", "navigator", "location"].map(
    (name) => [name, "I/O"] as const,
  ),
  ["console", "output"],
  ["performance", "a clock"],
  ...["setTimeout", "setInterval", "setImmediate", "requestAnimationFrame", "queueMicrotask", "clearTimeout"].map(
    (name) => [name, "a timer"] as const,
  ),
  ["clearInterval", "a timer"],
  ["crypto", "chance"],
  ["WeakRef", "the garbage collector's timing"],
  ["FinalizationRegistry", "the garbage collector's timing"],
  ...["globalThis", "window", "self"].map((name) => [name, "every global by the back door"] as const),
  ["eval", "code that no rule sees"],
]);

/** Members of otherwise pure globals. */
const IMPURE_MEMBERS: ReadonlyMap<string, string> = new Map([
  ["Date.now", "a clock"],
  ["Math.random", "chance"],
  ["Temporal.Now", "a clock"],
]);

/** Methods of a date that answer in the time zone of the machine. */
const LOCAL_TIME_METHODS: ReadonlySet<string> = new Set([
  ..."getFullYear getMonth getDate getDay getHours getMinutes getSeconds getTimezoneOffset".split(" "),
  ..."setFullYear setMonth setDate setHours setMinutes setSeconds".split(" "),
]);

/** True where the identifier only names a member, a key or something imported, and does not read a global. */
function isMerelyAName(node: Deno.lint.Identifier): boolean {
  const parent: Deno.lint.Node = node.parent;
  switch (parent.type) {
    case "MemberExpression":
      return parent.property === node && !parent.computed;
    case "Property":
      return parent.key === node && !parent.computed;
    case "PropertyDefinition":
    case "MethodDefinition":
      return parent.key === node && !parent.computed;
    case "TSPropertySignature":
    case "TSMethodSignature":
    case "TSEnumMember":
    case "ImportSpecifier":
    case "ExportSpecifier":
    case "TSTypeReference":
    case "TSQualifiedName":
    case "LabeledStatement":
      return true;
    default:
      return false;
  }
}

/** The name of a member, written `a.b`, `a["b"]` or `` a[`b`] ``; `null` for a computed one. */
function memberName(node: Deno.lint.MemberExpression): string | null {
  const property: Deno.lint.Node = node.property;
  if (!node.computed) return property.type === "Identifier" ? property.name : null;
  if (property.type === "Literal") return String(property.value);
  if (property.type === "TemplateLiteral" && property.expressions.length === 0) return property.quasis[0].cooked;
  return null;
}

const impure = (what: string, brings: string): string =>
  `${what} brings in ${brings}: a pure folder takes that as an input`;

/** Refuses impure globals, `Date` read without arguments, and dates read in the machine's time zone. */
export const pureFolders: Deno.lint.Rule = {
  create(context) {
    if (!isPure(projectPath(context.filename))) return {};
    const report = (node: Deno.lint.Node, message: string): void => context.report({ node, message });
    return {
      Identifier(node) {
        const brings = IMPURE_GLOBALS.get(node.name);
        if (brings !== undefined && !isMerelyAName(node)) report(node, impure(node.name, brings));
      },
      MemberExpression(node) {
        const member = memberName(node);
        if (member !== null && LOCAL_TIME_METHODS.has(member)) {
          return report(node, impure(`.${member}`, "the machine's time zone"));
        }
        if (node.object.type !== "Identifier") return;
        const name = `${node.object.name}.${member}`;
        const brings = IMPURE_MEMBERS.get(name);
        if (brings !== undefined) report(node, impure(name, brings));
      },
      NewExpression(node) {
        if (node.callee.type !== "Identifier" || node.callee.name !== "Date") return;
        if (node.arguments.length === 0) report(node, impure("new Date()", "a clock"));
        if (node.arguments.length > 1) report(node, impure("new Date(year, month, ...)", "the machine's time zone"));
      },
      CallExpression(node) {
        if (node.callee.type === "Identifier" && node.callee.name === "Date") report(node, impure("Date()", "a clock"));
      },
      VariableDeclarator(node) {
        const init: Deno.lint.Node | null = node.init;
        if (init === null || init.type !== "Identifier") return;
        if (init.name === "Math" || init.name === "Date") {
          report(node, `${init.name} under another name hides what is read from it: write ${init.name}.member`);
        }
      },
    };
  },
};
