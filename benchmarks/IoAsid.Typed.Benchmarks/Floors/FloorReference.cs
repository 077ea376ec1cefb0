using IoAsid.Typed.Benchmarks.Ratios;

namespace IoAsid.Typed.Benchmarks.Floors;

/// <summary>A hold that any thread can release once: an object with an exchanged flag.</summary>
internal sealed class FloorReference(FloorLives lives, uint number, Data data)
{
    private int _released;

    public Data Data { get; } = data;

    public void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
            FloorTable.Release(ref lives.Word(number));
    }
}
