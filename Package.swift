// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A room of the house (docs/architecture.md): imports point down only, and RoomsTests compares every
/// import in the tree with this list.
func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "rekisteri",
  products: [
    .executable(name: "rekisterid", targets: ["rekisterid"]),
    .executable(name: "rekisteri", targets: ["rekisteri"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
  ],
  targets: [
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(name: "CSchema", path: "sql", publicHeadersPath: "include"),
    .target(name: "CWords", path: "words", publicHeadersPath: "include"),
    .systemLibrary(name: "CQRencode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
    room("Model", []),
    room("Wire", ["Model", crypto, cryptoExtras]),
    room("AccessLog", ["Model", crypto]),
    room("Sealing", ["Model", crypto]),
    room("Postgres", ["CPostgres", "Model", logging]),
    room("Custody", ["Wire", "AccessLog", "Sealing", "Postgres", "Model", crypto, logging]),
    room(
      "Register",
      ["Custody", "Wire", "AccessLog", "Sealing", "Postgres", "Model", "CSchema", "CWords", crypto, logging]),
    room(
      "RegisterServer",
      [
        "Register", "Custody", "Wire", "AccessLog", "Postgres", "Sealing", "Model", crypto, logging, nioCore, nioPosix,
        nioSSL, nioHTTP1,
        .product(name: "X509", package: "swift-certificates"), .product(name: "SwiftASN1", package: "swift-asn1"),
      ]),
    room("RegisterClient", ["CQRencode", "Wire", "AccessLog", "Model", crypto, logging, nioCore, nioPosix, nioSSL]),
    .executableTarget(
      name: "rekisterid", dependencies: ["RegisterServer", arguments], swiftSettings: strict),
    .executableTarget(
      name: "rekisteri", dependencies: ["RegisterClient", arguments], swiftSettings: strict),
    tests("ModelTests", ["Model"]),
    tests("WireTests", ["Wire", "Model"]),
    tests("AccessLogTests", ["AccessLog", "Model", crypto]),
    tests("SealingTests", ["Sealing", "Model"]),
    tests("PostgresTests", ["Postgres", "Model"]),
    tests(
      "RegisterTests", ["Register", "Custody", "Postgres", "Sealing", "AccessLog", "Wire", "Model"],
      exclude: ["Golden/permissions.txt", "Golden/help-en.txt", "Golden/help-fi.txt", "Golden/help-sv.txt"]),
    tests("RegisterServerTests", ["RegisterServer", "Register", "Wire", "AccessLog", "Model"]),
    tests("RegisterClientTests", ["RegisterClient", "Wire", "AccessLog", "Model"]),
  ]
)
