import Testing
import Wire

@testable import RegisterClient

/// Certificates with their fingerprints as OpenSSL gives them.
struct ChannelBindingTests {
  @Test func ed25519NamesNoHashSoSHA256IsTaken() throws {
    let der = try #require(Base64.decode(Self.ed25519))
    #expect(ChannelBinding.hashAlgorithm(certificate: der) == .sha256)
    #expect(
      ChannelBinding.endPoint(certificate: der).map { Hex.encode($0) }
        == "3f949aa79d75072dfffefb78dc48d83261187431f9f7b7bc22001b540dfb69c3")
  }

  @Test func ecdsaWithSHA384TakesSHA384() throws {
    let der = try #require(Base64.decode(Self.ecdsa384))
    #expect(ChannelBinding.hashAlgorithm(certificate: der) == .sha384)
    #expect(
      ChannelBinding.endPoint(certificate: der).map { Hex.encode($0) }
        == "f9edd505fb12c9885dbfaaebc5439fa6fa13794bedde7f1c6411c860203fe0daa2ef5fc7dddd69738bef81a5cabe6f24")
  }

  @Test func pssTakesTheHashOfItsParameters() throws {
    let der = try #require(Base64.decode(Self.pss512))
    #expect(ChannelBinding.hashAlgorithm(certificate: der) == .sha512)
    let binding = try #require(ChannelBinding.endPoint(certificate: der))
    #expect(
      Hex.encode(binding)
        == "ac716254a3222d787db13a9898e6a3addb17a7a5a0c3485b4c47a533e08d0eca"
        + "ec6f7207bc5545f358bd31999e6403d15a12b267f8510fc0a0c788a3e392f708")
  }

  @Test func aSHA1SignatureTakesSHA256() throws {
    let der = try #require(Base64.decode(Self.sha1))
    #expect(ChannelBinding.hashAlgorithm(certificate: der) == .sha256)
  }

  @Test func everyCutOfACertificateIsRefusedOrReadWithoutHarm() throws {
    let der = try #require(Base64.decode(Self.pss512))
    for count in 0..<der.count { _ = ChannelBinding.endPoint(certificate: Array(der[..<count])) }
    #expect(ChannelBinding.endPoint(certificate: []) == nil)
    #expect(ChannelBinding.endPoint(certificate: Array(der[..<200])) == nil)
    #expect(ChannelBinding.endPoint(certificate: [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]) == nil)
  }

  private static let ed25519 = """
    MIIBLjCB4aADAgECAhQROtSXiYd1SMvJ/kz7jBcdQG/fUTAFBgMrZXAwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjIxNzM0MThaGA8yMTI2MTAyOT\
    E3MzQxOFowDDEKMAgGA1UEAwwBYTAqMAUGAytlcAMhAAB+xuUCCQZEwS1kIzC84WyeNtGWqRaJOryeLEVt9Tv6o1MwUTAdBgNVHQ4EFgQUhWhW\
    VK+CsnxAR6SBvIQfxv1w3dcwHwYDVR0jBBgwFoAUhWhWVK+CsnxAR6SBvIQfxv1w3dcwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXADQQDH1SxXw0\
    wF2Eq9t87y34h37HyVKVB9DRvlLKs9INGvyBUSd82dqWwcf5rxTzItZRAjG876IPPzyBS+A+zHmVwM
    """
  private static let ecdsa384 = """
    MIIBbzCCARWgAwIBAgIUfzRUGjTIBK1J+mLY2K65uZNTF/owCgYIKoZIzj0EAwMwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjIxNzM0MThaGA8yMT\
    I2MTAyOTE3MzQxOFowDDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMO28iQgYGlsJgEoKVdDWTCqmevwN9Pd7QVSUseW\
    bGiEXis0QyA43QCLDW/KAyERWXb6GBdLAOms/3lTObx9eQWjUzBRMB0GA1UdDgQWBBRYHFZccBss8hbZOBE7CDk2vuai3jAfBgNVHSMEGDAWgB\
    RYHFZccBss8hbZOBE7CDk2vuai3jAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMDA0gAMEUCIEFCfZFS6afsMxCVIgCjAerATMhSULfrLqH1\
    eWCQEhaYAiEAusHgzfPM3V9PJd5CSpb4F8JbaJ+y3VK4OLUHL9bXhZg=
    """
  private static let pss512 = """
    MIICXjCCAZOgAwIBAgIULNaSp4MVA7XbonNoMZ9LPusUQ2EwQQYJKoZIhvcNAQEKMDSgDzANBglghkgBZQMEAgMFAKEcMBoGCSqGSIb3DQEBCD\
    ANBglghkgBZQMEAgMFAKIDAgE+MAwxCjAIBgNVBAMMAWEwIBcNMjYxMTIyMTczNDE4WhgPMjEyNjEwMjkxNzM0MThaMAwxCjAIBgNVBAMMAWEw\
    gZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAOHTZttU+aIz4J6oQ8bF2ElUOicimqzySIeDZ3BKgaV2NzRee7ato6VqPj4HQxo1nCa4t6N1L2\
    PFrZHPc/Za+VXp+d4nKXjyFYonq6c5kiP3Roz5NubMBxHx47KsRRz7q6jNqpOUtsQRGdcb152MVqyOrfzy9pg7KH1LTWWuCaPHAgMBAAGjUzBR\
    MB0GA1UdDgQWBBRd2NkU+GA+taN/yRdyYclLS7o3ijAfBgNVHSMEGDAWgBRd2NkU+GA+taN/yRdyYclLS7o3ijAPBgNVHRMBAf8EBTADAQH/ME\
    EGCSqGSIb3DQEBCjA0oA8wDQYJYIZIAWUDBAIDBQChHDAaBgkqhkiG9w0BAQgwDQYJYIZIAWUDBAIDBQCiAwIBPgOBgQALeTxKwslAlEe3gHjI\
    I42DHYO7lhKmTPBA11H3Rw3X5oKHnqNSzWqGpTM9IRGsovBCEtNy6ESwxVRez3T8pgSd9IGVYHDl4UXfRBFpHjLuxU2EWD+pu9mxOMxFhmI14G\
    mXmLDzLI/hUkj4fMP4n5P/KaL1IRrj9HbNpKNHbOzv2g==
    """
  private static let sha1 = """
    MIIB9jCCAV+gAwIBAgIUHUa1or9NaFUFer2yvjT6FdNSL9IwDQYJKoZIhvcNAQEFBQAwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjIxNzM0MThaGA\
    8yMTI2MTAyOTE3MzQxOFowDDEKMAgGA1UEAwwBYTCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEA130niPjmH5l3VjgNrydpCeX2OtlRFBiC\
    we01EuzgpymiqU0wL0w5tLL3s59I9at9JqRMsuEgrVu+ni1D1pGcbtGNl1gRz/AszWtszsXmQczOfSURSqgz6yHC8djKYCeJTJQ9YKbIGW5oAX\
    QkngQe2MzEfOXao2H0xwxEPW1N0e8CAwEAAaNTMFEwHQYDVR0OBBYEFOxwEyRts0r3SaLjjAdDl2y2hdbLMB8GA1UdIwQYMBaAFOxwEyRts0r3\
    SaLjjAdDl2y2hdbLMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQEFBQADgYEAtFjZrTzIkC1CskAG2K8Kkqe9ZIc/NO2EJt9OjXclp5siol\
    frB0CURCJBcdIRJnwezQlZ2w80GGZsP07kfdh6mtAYRBLlf14iWNx1DKXW03NNRYfVz35k8HkcsxkYiTnkrOZ2eE2kzl7s4juncdkIpagp7YpF\
    837dMDwhHfbJO0Y=
    """
}
