namespace Corpus;

/// <summary>An allocator of numbers that a hypervisor allocates and frees by virtual commands.</summary>
public sealed class HypervisorNumbers(Func<uint, uint, (bool Done, uint Number)> command, Action<uint> giveBack) : IoAsidNumberAllocator
{
    private int _commands;

    public override object NumberSpace { get; } = new();

    public int Commands => _commands;

    public override uint? Allocate(uint min, uint max)
    {
        Interlocked.Increment(ref _commands);
        (bool done, uint number) = command(min, max);
        return done && number >= min && number <= max ? number : null;
    }

    public override void Free(uint number)
    {
        Interlocked.Increment(ref _commands);
        giveBack(number);
    }

    public static IoAsidNumberAllocator CountingUp()
    {
        uint next = 0;
        return IoAsidNumberAllocator.Create((min, max) => Math.Max(min, ++next) is var number && number <= max ? number : null, static _ => { });
    }
}
