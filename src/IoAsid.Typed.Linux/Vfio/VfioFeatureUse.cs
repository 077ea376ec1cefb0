namespace IoAsid.Typed.Linux;

/// <summary>The uses of a feature.</summary>
[Flags]
public enum VfioFeatureUse
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The feature is read.</summary>
    Get = 1 << 16,

    /// <summary>The feature is set.</summary>
    Set = 1 << 17,
}
