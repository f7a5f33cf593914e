import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";

/** A key and its self-signed certificate, as PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** Makes a certificate for a DNS name by hand, since Node makes none: X.509 version 3, ECDSA P-256, valid from 2020 to 2049. */
export function selfSigned(dnsName: string): Identity {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(oid("2a8648ce3d040302"));
  const name = sequence(set(sequence(oid("550403"), tagged(0x0c, Buffer.from(dnsName)))));
  const validity = sequence(tagged(0x17, Buffer.from("200101000000Z")), tagged(0x17, Buffer.from("491231235959Z")));
  const alternative = sequence(oid("551d11"), tagged(0x04, sequence(tagged(0x82, Buffer.from(dnsName)))));
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.from([1])),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ format: "der", type: "spki" }),
    tagged(0xa3, sequence(alternative)),
  );
  const certificate = sequence(body, algorithm, bits(signature(body, privateKey)));
  return {
    key: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64")}\n-----END CERTIFICATE-----\n`,
  };
}

function signature(body: Buffer, key: KeyObject): Buffer {
  return createSign("sha256").update(body).sign(key);
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...members: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(members));
}

function set(...members: readonly Buffer[]): Buffer {
  return tagged(0x31, Buffer.concat(members));
}

function oid(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, "hex"));
}

function bits(content: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), content]));
}
