namespace IoAsid.Typed.Sets;

/// <summary>The name, the owner and the quota of a set to be created.</summary>
internal sealed record SetDescription
{
    public SetDescription(string name, object? owner, uint? quota)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Owner = owner;
        Quota = quota;
    }

    public string Name { get; }

    public object? Owner { get; }

    public uint? Quota { get; }
}
