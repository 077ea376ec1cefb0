namespace IoAsid.Typed.Mutations;

/// <summary>A member with sites.</summary>
/// <param name="Name">Its types and its name. The second of two members with one name ends in <c>~2</c>.</param>
/// <param name="Fingerprint">The fingerprint of its shape. It changes if the code changes, and stays the same if only names change.</param>
internal sealed record MutatedMember(string Name, string Fingerprint);
