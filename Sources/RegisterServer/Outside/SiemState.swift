import Model
import Register
import Synchronization

/// How a stream to a collector is doing, for `server.health`.
final class SiemState: Sendable {
  enum Value: Sendable, Equatable {
    /// Not tried yet, or another server streams.
    case isAnothers
    case streams
    /// Tried again later; why.
    case waits(String)
  }

  private let place: String
  private let value = Mutex(Value.isAnothers)

  init(_ place: String) { self.place = place }

  func note(_ value: Value) { self.value.withLock { $0 = value } }

  var health: HealthCheck {
    let (status, said): (HealthCheck.Status, Text) =
      switch value.withLock({ $0 }) {
      case .isAnothers:
        (.ok, Text(en: "another server streams", fi: "toinen palvelin lähettää", sv: "en annan server sänder"))
      case .streams: (.ok, Text(en: "gets the log", fi: "saa lokin", sv: "får loggen"))
      case .waits(let why):
        (.warning, Text(en: "does not get it: \(why)", fi: "ei saa lokia: \(why)", sv: "får den inte: \(why)"))
      }
    return HealthCheck(
      name: "syslog", status: status,
      detail: Text(en: "\(place): \(said.en)", fi: "\(place): \(said.fi)", sv: "\(place): \(said.sv)"))
  }
}
