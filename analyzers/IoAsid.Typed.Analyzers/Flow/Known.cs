using System.Globalization;

namespace IoAsid.Typed.Analyzers;

/// <summary>The knowledge of one value.</summary>
internal sealed class Known : IEquatable<Known>
{
    /// <summary>The value is null, or the default value of a lookup that found nothing.</summary>
    public static readonly Known Null = new(constant: null);

    /// <summary>It is not null.</summary>
    public static readonly Known NotNull = new(new object());

    /// <summary>It is the hold, reference or lookup of an id that was found.</summary>
    public static readonly Known Found = new(new object());

    /// <summary>It is a hold or lookup that found nothing.</summary>
    public static readonly Known Missing = new(new object());

    /// <summary>It is a hold or reference that was released, or a handle of an id that was freed.</summary>
    public static readonly Known Ended = new(new object());

    public static readonly Known True = new(constant: true);

    public static readonly Known False = new(constant: false);

    private readonly object? _constant;

    private Known(object? constant) => _constant = constant;

    public bool? Truth => _constant as bool?;

    /// <summary>Null if it is not known whether the value is null; otherwise, whether it is.</summary>
    public bool? IsNull => ReferenceEquals(this, Missing) ? null : _constant is null;

    /// <summary>Returns the knowledge of a constant. Whole numbers are the same in every type that they fit in.</summary>
    public static Known Of(object? constant) => constant switch
    {
        null => Null,
        true => True,
        false => False,
        sbyte or byte or short or ushort or char or int or uint => new Known(Convert.ToInt64(constant, CultureInfo.InvariantCulture)),
        ulong and <= long.MaxValue => new Known(Convert.ToInt64(constant, CultureInfo.InvariantCulture)),
        _ => new Known(constant),
    };

    /// <summary>Returns the knowledge that a value is not this constant.</summary>
    public static Known OtherThan(Known constant) => new(new Excluded(constant));

    public static Known? Of(bool? truth) => truth is { } certain ? Of((object)certain) : null;

    /// <summary>Returns true if two values are equal, false if they differ, and null if that is not known.</summary>
    public static bool? AreEqual(Known? left, Known? right)
    {
        if (left is null || right is null)
            return null;

        if (left.IsNull == true || right.IsNull == true)
            return left.IsNull is { } leftIsNull && right.IsNull is { } rightIsNull ? leftIsNull && rightIsNull : null;

        if (left.Excludes(right) || right.Excludes(left))
            return false;

        return left.IsConstant && right.IsConstant ? left.Equals(right) : null;
    }

    /// <summary>Returns how two whole numbers compare, and null if that is not known.</summary>
    public static int? Compare(Known? left, Known? right) =>
        left?._constant is long first && right?._constant is long second ? first.CompareTo(second) : null;

    private bool Excludes(Known other) => _constant is Excluded { Constant: var constant } && constant.Equals(other);

    private bool IsConstant => _constant is null or ValueType or string;

    public bool Equals(Known? other) => other is not null && Equals(_constant, other._constant);

    public override bool Equals(object? obj) => Equals(obj as Known);

    public override int GetHashCode() => _constant?.GetHashCode() ?? 0;

    private sealed class Excluded(Known constant) : IEquatable<Excluded>
    {
        public Known Constant => constant;

        public bool Equals(Excluded? other) => other is not null && constant.Equals(other.Constant);

        public override bool Equals(object? obj) => Equals(obj as Excluded);

        public override int GetHashCode() => ~constant.GetHashCode();
    }
}
