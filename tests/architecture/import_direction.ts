/**
 * Lint rule `kbot/import-direction`: imports point one way (DESIGN.md 2). Types count like values.
 * @module
 */

import { projectPath, refuseImport } from "./layers.ts";

type WithSource = { readonly source: Deno.lint.Expression | Deno.lint.StringLiteral | null };

/** The text of a literal specifier; `null` for a computed one, which nobody can judge. */
function literal(node: Deno.lint.Node | null): string | null {
  return node !== null && node.type === "Literal" && typeof node.value === "string" ? node.value : null;
}

/** True for `import type { A }` and for `import { type A, type B }`. */
function importsTypesOnly(node: Deno.lint.ImportDeclaration): boolean {
  if (node.importKind === "type") return true;
  const isType = (each: Deno.lint.Node) => each.type === "ImportSpecifier" && each.importKind === "type";
  return node.specifiers.length > 0 && node.specifiers.every(isType);
}

/** Judges `import`, `export from`, `import()` and `import("x").Type` by {@link refuseImport}. */
export const importDirection: Deno.lint.Rule = {
  create(context) {
    const path = projectPath(context.filename);
    const judge = (node: Deno.lint.Node & WithSource, typeOnly: boolean): void => {
      const specifier = literal(node.source);
      const reason = specifier === null ? null : refuseImport(path, specifier, typeOnly);
      if (reason !== null) context.report({ node, message: reason });
    };
    return {
      ImportDeclaration: (node) => judge(node, importsTypesOnly(node)),
      ExportNamedDeclaration: (node) => judge(node, node.exportKind === "type"),
      ExportAllDeclaration: (node) => judge(node, node.exportKind === "type"),
      ImportExpression: (node) => judge(node, false),
      TSImportType(node) {
        const argument: Deno.lint.Node = node.argument;
        const specifier = literal(argument.type === "TSLiteralType" ? argument.literal : argument);
        const reason = specifier === null ? null : refuseImport(path, specifier, true);
        if (reason !== null) context.report({ node, message: reason });
      },
    };
  },
};
