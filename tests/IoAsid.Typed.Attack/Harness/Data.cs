namespace IoAsid.Typed.Attack.Harness;

/// <summary>The data type of the arena's sets. The set that an id belongs to is written into its data.</summary>
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
