/**
 * One field of a protobuf message: a number for wire types 0, 1 and 5, bytes for wire type 2.
 *
 * Only the wire format is read here, so that an image of a newer CRIU with more fields stays readable.
 */
export type WireField =
  | { readonly number: number; readonly kind: "number"; readonly value: bigint }
  | { readonly number: number; readonly kind: "bytes"; readonly value: Uint8Array };

/** More fields than any message has that this package reads: a bound for damaged input. */
const MostFields = 100_000;

/**
 * Pure: the fields of a message in their order. The bytes may come from anywhere, so every length is checked against what is there.
 *
 * @throws RangeError when the bytes are no message
 */
export function readMessage(bytes: Uint8Array): readonly WireField[] {
  const fields: WireField[] = [];
  const reader = createReader(bytes);
  while (!reader.atEnd()) {
    if (fields.length === MostFields) throw new RangeError(`more than ${MostFields} fields`);
    const key = reader.varint();
    const number = Number(key >> 3n);
    if (number < 1 || number > 0x1fffffff) throw new RangeError(`field number ${number}`);
    fields.push(readField(reader, number, Number(key & 7n)));
  }
  return fields;
}

/** Pure: the last value of a number field, as protobuf has it when a field comes twice. */
export function numberOf(fields: readonly WireField[], number: number): bigint | undefined {
  const field = fields.findLast((one) => one.number === number && one.kind === "number");
  return field?.kind === "number" ? field.value : undefined;
}

/** Pure: the last value of a text, bytes or message field. */
export function bytesOf(fields: readonly WireField[], number: number): Uint8Array | undefined {
  const field = fields.findLast((one) => one.number === number && one.kind === "bytes");
  return field?.kind === "bytes" ? field.value : undefined;
}

/**
 * Pure: every value of a repeated number field, packed or not.
 *
 * @throws RangeError when a packed one is damaged
 */
export function numbersOf(fields: readonly WireField[], number: number): readonly bigint[] {
  return fields.flatMap((field) => {
    if (field.number !== number) return [];
    return field.kind === "number" ? [field.value] : unpack(field.value);
  });
}

interface Reader {
  atEnd(): boolean;
  varint(): bigint;
  take(length: number): Uint8Array;
}

function createReader(bytes: Uint8Array): Reader {
  let position = 0;
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - position)
      throw new RangeError(`${length} bytes wanted at ${position} of ${bytes.length}`);
    position += length;
    return bytes.subarray(position - length, position);
  };
  return {
    atEnd: () => position === bytes.length,
    take,
    varint: () => {
      let value = 0n;
      for (let shift = 0n; shift < 70n; shift += 7n) {
        const byte = take(1)[0] ?? 0;
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) return BigInt.asUintN(64, value);
      }
      throw new RangeError(`a number of more than 10 bytes before ${position}`);
    },
  };
}

function readField(reader: Reader, number: number, wireType: number): WireField {
  switch (wireType) {
    case 0:
      return { number, kind: "number", value: reader.varint() };
    case 1:
      return { number, kind: "number", value: littleEndian(reader.take(8)) };
    case 2: {
      const length = reader.varint();
      // Compared as it is: as a number it could lose bits and pass.
      if (length > 0x7fffffffn) throw new RangeError(`a field of ${length} bytes`);
      return { number, kind: "bytes", value: reader.take(Number(length)) };
    }
    case 5:
      return { number, kind: "number", value: littleEndian(reader.take(4)) };
    default:
      throw new RangeError(`wire type ${wireType} in field ${number}`);
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function unpack(bytes: Uint8Array): readonly bigint[] {
  const values: bigint[] = [];
  const reader = createReader(bytes);
  while (!reader.atEnd()) values.push(reader.varint());
  return values;
}
