using System.Collections.Immutable;

namespace IoAsid.Typed.Analyzers;

/// <summary>The knowledge of names and conditions on a path. Where paths meet, the knowledge that they share remains.</summary>
internal sealed class Facts
{
    /// <summary>More than any readable code has at one time. What comes later is not remembered.</summary>
    private const int Most = 48;

    public static readonly Facts None = new(ImmutableDictionary.Create<string, Known>(StringComparer.Ordinal));

    private readonly ImmutableDictionary<string, Known> _known;

    private Facts(ImmutableDictionary<string, Known> known) => _known = known;

    public Known? this[string expression] => _known.TryGetValue(expression, out Known? known) ? known : null;

    public Facts With(string expression, Known known) =>
        _known.Count < Most || _known.ContainsKey(expression) ? new Facts(_known.SetItem(expression, known)) : this;

    /// <summary>Returns the facts without those in which a name occurs.</summary>
    public Facts Without(string name)
    {
        string[] stale = [.. _known.Keys.Where(expression => expression.Contains(name))];
        return stale.Length == 0 ? this : new Facts(_known.RemoveRange(stale));
    }

    /// <summary>Returns the facts that both have; this very object if it has no others.</summary>
    public Facts Meet(Facts other)
    {
        if (ReferenceEquals(this, other))
            return this;

        string[] disputed = [.. _known.Where(fact => !fact.Value.Equals(other[fact.Key])).Select(fact => fact.Key)];
        return disputed.Length == 0 ? this : new Facts(_known.RemoveRange(disputed));
    }
}
