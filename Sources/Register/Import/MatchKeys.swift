import Model

extension ImportRow {
  /// Canonical texts of who this is: a person in the register who has one of them too is the same person.
  ///
  /// Organisation (or none), folded name, and an e-mail address with a phone number, one text for each pair of those; where
  /// there is only one of the two kinds, it alone; where there is neither, the folded address, if any. So the same file read
  /// twice finds every row of the first time, and two people of one name who share only a mailbox stay two. The texts are
  /// personal data: keep keyed hashes of them, never themselves.
  public var matchKeys: [String] {
    if emails.isEmpty && phones.isEmpty {
      let parts = [address?.street?.description, address?.postcode?.description, address?.town?.description]
      return [matchBase + "\u{1F}a" + Folding.foldedString(parts.compactMap(\.self).joined(separator: " "))]
    }
    var keys: [String] = []
    for email in emails.isEmpty ? [""] : emails.map(\.canonical) {
      for phone in phones.isEmpty ? [""] : phones.map(\.description) {
        keys.append(matchBase + "\u{1F}" + email + "\u{1F}" + phone)
      }
    }
    return keys
  }

  /// Canonical texts by which this may be somebody in the register: organisation, folded name and one e-mail address or
  /// phone number. A match of these alone is worth a warning and never a merge.
  public var possibleMatchKeys: [String] {
    emails.map { matchBase + "\u{1F}e" + $0.canonical } + phones.map { matchBase + "\u{1F}p" + $0.description }
  }

  private var matchBase: String {
    let name = (firstName?.description ?? "") + " " + (lastName?.description ?? "")
    return (organisation?.matchKey ?? businessID?.description ?? "-") + "\u{1F}" + Folding.foldedString(name)
  }
}
