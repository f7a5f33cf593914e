import js from "@eslint/js";
import tseslint from "typescript-eslint";

const providerImports = {
  regex: "^(cdktf|constructs|@cdktf)(/|$)",
  message: "Only lib/terraform names the framework and the provider bindings; import from ../terraform/…",
};

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "node_modules/",
      ".venv/",
      ".venv-checkov/",
      ".venv-runtime/",
      ".aidc/",
      "cdktf.out/",
      "embedded/",
      "coverage/",
      "**/*.cjs",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/explicit-member-accessibility": ["error", { accessibility: "explicit" }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-extraneous-class": "off",
      "@typescript-eslint/no-non-null-assertion": "error",
      // A construct is made for its place in the tree; its value is often not needed.
      "no-new": "off",
      "max-lines": ["error", { max: 400 }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ["lib/**/*.ts"],
    ignores: ["lib/terraform/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [providerImports] }] },
  },
  { files: ["test/**/*.ts"], rules: { "max-lines-per-function": "off" } },
  { files: ["**/*.generated.ts"], rules: { "max-lines": "off" } },
  {
    files: ["**/*.mjs"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        URL: "readonly",
        setTimeout: "readonly",
        clearTimeout: "readonly",
      },
    },
  },
);
