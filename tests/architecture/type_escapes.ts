/**
 * Lint rule `kbot/type-escapes`: outside tests nothing talks the type checker out of its opinion (STYLE.md).
 * @module
 */

import { isTest, projectPath } from "./layers.ts";

const IGNORE_DIRECTIVE = /@ts-(ignore|expect-error|nocheck)\b/;

/** Refuses `any`, the non-null `!`, and comments that switch checks off. */
export const typeEscapes: Deno.lint.Rule = {
  create(context) {
    if (isTest(projectPath(context.filename))) return {};
    const report = (node: Deno.lint.Node, message: string): void => context.report({ node, message });
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          const directive = IGNORE_DIRECTIVE.exec(comment.value);
          if (directive === null) continue;
          context.report({ range: comment.range, message: `${directive[0]} hides errors: make the types say it` });
        }
      },
      TSAnyKeyword: (node) => report(node, "any switches the type checker off: name the type, or take unknown"),
      TSNonNullExpression: (node) => report(node, "The non-null ! may be wrong at run time: handle the missing value"),
    };
  },
};
