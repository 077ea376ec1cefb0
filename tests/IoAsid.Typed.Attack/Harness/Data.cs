namespace IoAsid.Typed.Attack.Harness;

/// <summary>What the sets of the arena store. The set that an id belongs to is written into its data.</summary>
internal abstract class Fruit(string set)
{
    public string Set { get; } = set;
}

internal sealed class Apple(string set) : Fruit(set)
{
    public int Seeds { get; } = 5;
}

internal sealed class Pear(string set) : Fruit(set)
{
    public string Shape { get; } = "pear";
}
