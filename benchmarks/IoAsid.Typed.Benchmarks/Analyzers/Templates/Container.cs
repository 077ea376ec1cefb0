namespace Drivers.__File__;

/// <summary>The ids of a virtual machine on __Device__, under the numbers that the virtual machine chooses.</summary>
public sealed class __Device__Container(IoAsidSet set, string machine) : IAsyncDisposable
{
    private readonly Dictionary<PrivateIoAsid, IoAsidReference> _held = [];
    private readonly SemaphoreSlim _gate = new(1);
    private readonly List<string> _log = [];
    private uint _version;

    public IReadOnlyList<string> Log => _log;

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        foreach (IoAsidReference reference in _held.Values)
            reference.Dispose();

        _held.Clear();
        _gate.Dispose();
    }
//+
    public bool TryAttach__M__(PrivateIoAsid guest)
    {
        if (_held.ContainsKey(guest) || !set.TryHold(guest, out IoAsidReference? reference))
            return false;

        _held.Add(guest, reference);
        _version += __N1__;
        return true;
    }
//+
    public void Detach__M__(PrivateIoAsid guest)
    {
        if (_held.Remove(guest, out IoAsidReference? reference))
            reference.Dispose();

        if (_log.Count > __N1__)
            _log.RemoveRange(0, _log.Count / 2);
    }
//+
    public int Invalidate__M__(ReadOnlySpan<uint> guests, Func<RawIoAsid, ulong, bool> flush, ulong address)
    {
        int flushed = 0;
        foreach (uint number in guests)
        {
            if (set.TryHold(new PrivateIoAsid(number), out IoAsidReference? mine))
            {
                using (mine)
                    flushed += flush(mine.Id, address & ~0x__X1__UL) ? 1 : 0;
            }
        }

        return flushed;
    }
//+
    public async Task<string> Report__M__Async(int count, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            IEnumerable<string> lines = _held
                .Where(pair => !pair.Value.IsReleased)
                .OrderBy(pair => pair.Key.Value)
                .Take(Math.Min(count, __N2__))
                .Select(pair => $"{machine} {pair.Key} -> {pair.Value.Id}");
            return string.Join(Environment.NewLine, lines);
        }
        finally
        {
            _gate.Release();
        }
    }
//+
    private static bool IsAllowed__M__(uint command, uint flags) => (command & 0xFF) switch
    {
        0x01 when (flags & 1) != 0 => true,
        0x02 or 0x03 => flags < __N1__,
        >= 0x10 and < 0x20 => (flags & __X1__) == 0,
        _ => false,
    };
//+
    public uint Execute__M__(uint command, PrivateIoAsid guest)
    {
        switch (command)
        {
            case 0x__X1__:
                if (!set.TryResolve(guest, out RawIoAsid id))
                    return 0x8000_0001;

                _log.Add($"{machine}: resolved {guest} to {id}");
                return id.Value;
            case 0x__X2__:
                _version++;
                return _version;
            default:
                _log.Add($"{machine}: command {command:x} is unknown");
                return 0x8000_0002;
        }
    }
}
