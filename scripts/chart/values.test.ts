import { expect, it } from "vitest";
import { readValues } from "./values.ts";

it("a value is documented by the comment above it, however many lines that has", () => {
  expect(readValues("# How many.\n#   At least one.\nreplicas: 3\n")).toEqual([
    { path: ["replicas"], description: "How many. At least one.", default: 3, group: false },
  ]);
});

it("a comment at the top of the file that a blank line sets apart documents no value", () => {
  expect(readValues("# About the file.\n\nreplicas: 3\n").map(({ description }) => description)).toEqual([""]);
});

it("a map is a group when a value in it has a comment", () => {
  const values = readValues("service:\n  # Kind of Service.\n  type: ClusterIP\n  # Its port.\n  port: 9376\n");
  expect(values.map(({ path, description, group }) => [path.join("."), description, group])).toEqual([
    ["service", "", true],
    ["service.type", "Kind of Service.", false],
    ["service.port", "Its port.", false],
  ]);
});

it("a map is one value when nothing in it has a comment", () => {
  expect(readValues("# For the container.\nresources:\n  requests:\n    cpu: 20m\n")).toEqual([
    {
      path: ["resources"],
      description: "For the container.",
      default: { requests: { cpu: "20m" } },
      group: false,
    },
  ]);
});

it("a group may have a comment of its own", () => {
  const values = readValues("# What counts.\nsources:\n  # A cordon.\n  cordon: true\n");
  expect(values.map(({ description, group }) => [description, group])).toEqual([
    ["What counts.", true],
    ["A cordon.", false],
  ]);
});

it("text that is no YAML is refused with its line", () => {
  expect(() => readValues("a: 1\nb: [\n")).toThrow(/line 3/u);
});
