public import Model

extension Installation {
  /// Why a password will not do for a new account that has no one-time password; nil where it will.
  public static func refusal(ofPassword password: String, name: String) -> Text? {
    do throws(PasswordRules.Fault) {
      try PasswordRules(loginName: name).check(password, withOneTime: false)
      return nil
    } catch {
      return error.text
    }
  }
}
