namespace IoAsid.Typed.Tests.Fixtures;

/// <summary>A custom allocator that calls the delegates of a test and records its calls.</summary>
internal sealed class ScriptedAllocator(object? numberSpace = null) : IoAsidNumberAllocator
{
    public override object NumberSpace { get; } = numberSpace ?? new object();

    public List<string> Calls { get; } = [];

    public Func<uint, uint, uint?> OnAllocate { get; set; } = (min, _) => min;

    public Action<uint> OnFree { get; set; } = _ => { };

    public override uint? Allocate(uint min, uint max)
    {
        Calls.Add($"allocate {min}..{max}");
        return OnAllocate(min, max);
    }

    public override void Free(uint number)
    {
        Calls.Add($"free {number}");
        OnFree(number);
    }
}
