using IoAsid.Typed.Core;

namespace IoAsid.Typed.Concurrency.Tests.Races;

/// <summary>Threads that constantly create and remove the blocks of the same numbers.</summary>
public sealed class BlockRaces : IDisposable
{
    private const uint Numbers = (2 * LifePage.Size) + (2 * DataChunk.Size);

    private readonly Hammer _hammer = new();
    private readonly IoAsidSpace _space = new(new IoAsidSpaceOptions
    {
        Capacity = Numbers,
        Pages = new PagePolicy { WholeAtOnce = 0, IdsPerWholePage = int.MaxValue, MostChunks = 1, MostIdle = 1 },
    });
    private readonly IoAsidSet<Life>[] _roots;
    private long _sequence;

    public BlockRaces() => _roots = [_space.CreateSet<Life>("one"), _space.CreateSet<Life>("other")];

    public void Dispose() => _space.Dispose();

    [Fact]
    public void An_id_is_found_until_its_free_while_its_block_comes_and_goes()
    {
        _hammer.Run(AllocateUseAndFree, AllocateUseAndFree, Read, Read);
        Assert.Equal(0, _space.GetStatistics().Outstanding);
        long room = _roots[0].GetStatistics().Available;
        for (long left = room; left > 0; left--)
            Assert.True(_roots[0].TryAllocate(null, out _, out _));
    }

    private void AllocateUseAndFree(Random random)
    {
        IoAsidSet<Life> root = _roots[random.Next(2)];
        Life life = new(root, Interlocked.Increment(ref _sequence));
        RawIoAsid number = Number(random);
        if (!root.TryAllocate(life, number.Value, number.Value, out IoAsidHandle<Life> handle, out _))
            return;

        _hammer.Expect(root.Find(number).Data == life && handle.Data == life, "An allocated id was not found.");
        Life next = new(root, Interlocked.Increment(ref _sequence));
        handle.SetData(next);
        using (IoAsidHold<Life> hold = root.Hold(number))
            _hammer.Expect(hold.IsHeld && hold.Data == next, "Data that was set is lost.");

        handle.Free();
        _hammer.Expect(handle.IsStale && root.Find(number).Data != next, "A freed id was found.");
    }

    private void Read(Random random)
    {
        IoAsidSet<Life> root = _roots[random.Next(2)];
        RawIoAsid number = Number(random);
        _hammer.Expect(!root.TryFind(number, out Life? found) || found.Owner == root, "The data of another root was found.");
        using IoAsidHold<Life> hold = root.Hold(number);
        _hammer.Expect(!hold.IsHeld || hold.Data.Owner == root, "The data of another root was held.");
    }

    /// <summary>Returns one of a few numbers in two chunks of each of two pages.</summary>
    private static RawIoAsid Number(Random random) =>
        new((uint)(1 + random.Next(2) + (random.Next(2) * DataChunk.Size) + (random.Next(2) * 2 * LifePage.Size)));
}
