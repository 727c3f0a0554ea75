import Model

extension ImportRow {
  /// Canonical texts of who this is: a person in the register who has one of them too is the same person.
  ///
  /// Organisation (or none), folded name, and an e-mail address with a phone number, one text for each pair of those; where
  /// there is only one of the two kinds, it alone; where there is neither, the folded address, if any. So the same file read
  /// twice finds every row of the first time, and two people of one name who share only a mailbox stay two. The texts are
  /// personal data: keep keyed hashes of them, never themselves.
  public var matchKeys: [String] {
    MatchKeys.keys(
      base: matchBase, emails: emails.map(\.canonical), phones: phones.map(\.description),
      address: [address?.street?.description, address?.postcode?.description, address?.town?.description].compactMap(
        \.self))
  }

  /// Canonical texts by which this may be somebody in the register: organisation, folded name and one e-mail address or
  /// phone number. A match of these alone is worth a warning and never a merge.
  public var possibleMatchKeys: [String] {
    emails.map { matchBase + "\u{1F}e" + $0.canonical } + phones.map { matchBase + "\u{1F}p" + $0.description }
  }

  private var matchBase: String {
    MatchKeys.base(
      organisation: organisation?.matchKey, businessID: businessID?.description,
      name: (firstName?.description ?? "") + " " + (lastName?.description ?? ""))
  }
}

/// The canonical texts that a row of a file and a person in the register have in common when they are the same.
enum MatchKeys {
  /// The beginning: organisation or none, and the folded name.
  static func base(organisation: String?, businessID: String?, name: String) -> String {
    (organisation ?? businessID ?? "-") + "\u{1F}" + Folding.foldedString(name)
  }

  /// The texts, from canonical e-mail addresses, phone numbers and lines of an address.
  static func keys(base: String, emails: [String], phones: [String], address: [String]) -> [String] {
    if emails.isEmpty && phones.isEmpty {
      return [base + "\u{1F}a" + Folding.foldedString(address.joined(separator: " "))]
    }
    var keys: [String] = []
    for email in emails.isEmpty ? [""] : emails {
      for phone in phones.isEmpty ? [""] : phones { keys.append(base + "\u{1F}" + email + "\u{1F}" + phone) }
    }
    return keys
  }
}
