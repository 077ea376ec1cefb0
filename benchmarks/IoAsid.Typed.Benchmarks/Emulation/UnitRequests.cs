using IoAsid.Typed.Benchmarks.Ratios;
using IoAsid.Typed.Emulation;

namespace IoAsid.Typed.Benchmarks.Emulation;

/// <summary>The requests of a row, in a random order that is the same in each run.</summary>
internal sealed class UnitRequests(VtdUnit unit, DmaRequest[] requests)
{
    private int _at;

    public void Translate(int count)
    {
        ulong sum = 0;
        int at = _at;
        for (int i = 0; i < count; i++)
        {
            sum += unit.Translate(requests[at]).Address;
            at = (at + 1) & (requests.Length - 1);
        }

        _at = at;
        Data.Sink = (long)sum;
    }

    /// <summary>Translates requests from the first one on, so that a turn accesses each page once.</summary>
    public void TranslateEach(int count)
    {
        _at = 0;
        Translate(count);
    }
}
