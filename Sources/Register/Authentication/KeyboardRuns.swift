/// Rows of the alphabet, of digits, and of keys that lie side by side or below one another.
struct KeyboardRuns {
  private let scalars: [Unicode.Scalar]

  init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

  /// The runs that begin at a scalar: their lengths, and how often each turns. Of keys at least four, or three in a line.
  func lengths(from start: Int) -> [(count: Int, turns: Int)] {
    var found: [(count: Int, turns: Int)] = []
    if let step = alphabetStep(start) {
      var end = start + 2
      while alphabetStep(end - 1) == step {
        end += 1
        found.append((end - start, 0))
      }
    }
    var turns = 0
    var direction: Direction?
    var end = start
    while let next = keyStep(end) {
      if let direction, direction != next { turns += 1 }
      direction = next
      end += 1
      let count = end - start + 1
      if count >= 4 || (count == 3 && turns == 0) { found.append((count, turns)) }
    }
    return found
  }

  // MARK: - Letters and digits

  private static let alphabet = Array("abcdefghijklmnopqrstuvwxyzåäö".unicodeScalars)
  private static let digits = Array("0123456789".unicodeScalars)

  /// One forwards or backwards in the alphabet or among the digits, to the next scalar; nil for anything else.
  private func alphabetStep(_ index: Int) -> Int? {
    guard index >= 0, index + 1 < scalars.count else { return nil }
    for row in [Self.alphabet, Self.digits] {
      if let here = row.firstIndex(of: scalars[index]), let next = row.firstIndex(of: scalars[index + 1]),
        abs(next - here) == 1
      {
        return next - here
      }
    }
    return nil
  }

  // MARK: - Keys

  private struct Key: Hashable {
    let row: Int
    let column: Int
  }

  private struct Direction: Hashable {
    let rows: Int
    let columns: Int
  }

  /// Nordic keyboards, and the signs of the American one; signs above digits count as their keys.
  private static let keys: [Unicode.Scalar: [Key]] = {
    let rows: [(row: Int, column: Int, keys: String)] = [
      (0, 0, "§1234567890+´"), (0, 0, "½!\"#¤%&/()=?`"), (0, 0, "~!@#$%^&*()_+"), (1, 1, "qwertyuiopå¨"),
      (2, 1, "asdfghjklöä'"), (3, 0, "<zxcvbnm,.-"), (3, 0, ">zxcvbnm;:_"),
    ]
    var keys: [Unicode.Scalar: [Key]] = [:]
    for line in rows {
      for (offset, scalar) in line.keys.unicodeScalars.enumerated() {
        let key = Key(row: line.row, column: line.column + offset)
        if keys[scalar]?.contains(key) != true { keys[scalar, default: []].append(key) }
      }
    }
    return keys
  }()

  /// The way from a scalar's key to the next one's, where they are neighbours.
  private func keyStep(_ index: Int) -> Direction? {
    guard index + 1 < scalars.count, let here = Self.keys[scalars[index]], let next = Self.keys[scalars[index + 1]]
    else { return nil }
    for from in here {
      for to in next where Self.areNeighbours(from, to) {
        return Direction(rows: to.row - from.row, columns: to.column - from.column)
      }
    }
    return nil
  }

  /// Each row is set half a key to the right of the one above.
  private static func areNeighbours(_ one: Key, _ other: Key) -> Bool {
    switch other.row - one.row {
    case 0: abs(other.column - one.column) == 1
    case 1: one.column - other.column == 0 || one.column - other.column == 1
    case -1: other.column - one.column == 0 || other.column - one.column == 1
    default: false
    }
  }
}
