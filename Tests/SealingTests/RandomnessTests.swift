import Sealing
import Testing

@Suite struct RandomnessTests {
  @Test func givesAsManyBytesAsAskedAndNeverTheSame() {
    for count in [0, 1, 12, 256, 257, 1000] { #expect(Randomness.bytes(count).count == count) }
    #expect(Randomness.bytes(32) != Randomness.bytes(32))
  }
}
