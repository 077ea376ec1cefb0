namespace IoAsid.Typed.Analyzers;

/// <summary>The number of visits to blocks for one body, for all followed values together. It grows with the body, so the cost grows no faster.</summary>
internal sealed class FlowBudget
{
    private const int VisitsPerBlock = 48;
    private const int LeastVisits = 2048;

    private readonly int _visits;

    public FlowBudget(int visits) => _visits = visits;

    /// <summary>The visits made so far.</summary>
    public int Spent { get; private set; }

    public static FlowBudget For(int blocks) => new(LeastVisits + (VisitsPerBlock * blocks));

    public bool TrySpend()
    {
        bool hasLeft = Spent < _visits;
        Spent += hasLeft ? 1 : 0;
        return hasLeft;
    }
}
