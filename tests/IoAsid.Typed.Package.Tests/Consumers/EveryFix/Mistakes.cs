using IoAsid.Typed;
using IoAsid.Typed.Migration;

// One mistake for every rule that has a fix. A new fix needs a mistake here.
internal sealed class Mistakes(IoAsidSpace space, IoAsidSet<SvaBinding> sva)
{
    public int WithoutSet(RawIoAsid id)
    {
        SvaBinding? binding = UntypedLookup.Find(space, null, id, null) as SvaBinding; // IOASID1001
        return binding?.Users ?? 0;
    }

    public int ThroughSet(RawIoAsid id)
    {
        SvaBinding? binding = UntypedLookup.Find(space, sva, id, null) as SvaBinding; // IOASID1002
        return binding?.Users ?? 0;
    }

    public int Cast(RawIoAsid id)
    {
        using IoAsidHold<SvaBinding> hold = sva.Hold(id);
        return hold.IsHeld ? ((NativeSvaBinding)hold.Data).Users : 0; // IOASID1006
    }

    public bool ExactSet(IoAsidSet set, RawIoAsid id)
    {
        return set is IoAsidSet<SvaBinding> own && own.Find(id).IsFound; // IOASID1007
    }

    public string Switch(RawIoAsid id)
    {
        using IoAsidHold<SvaBinding> hold = sva.Hold(id);
        if (!hold.IsHeld)
            return "nothing";

        return hold.Data switch // IOASID1008
        {
            NativeSvaBinding => "native",
            _ => throw new InvalidOperationException(),
        };
    }

    public ushort CutShort(RawIoAsid id)
    {
        return (ushort)id.Value; // IOASID1009
    }

    public int Forgotten(RawIoAsid id)
    {
        IoAsidHold<SvaBinding> hold = sva.Hold(id); // IOASID2001
        return hold.IsHeld ? hold.Data.Users : 0;
    }

    public async Task<int> UnheldAsync(RawIoAsid id)
    {
        SvaBinding? binding = sva.Find(id).Data; // IOASID2004
        await Task.Yield();
        return binding?.Users ?? 0;
    }

    public void DropHandle(IoAsidSet<GuestSvaBinding> guests)
    {
        guests.Allocate(new GuestSvaBinding()); // IOASID2006
    }

    public string CheckThenAct(RawIoAsid id)
    {
        if (sva.Contains(id)) // IOASID2007
        {
            return sva.Find(id).Status.ToString();
        }

        return "nothing";
    }

    public void DropRegistration(Action<IoAsidEvent> observer)
    {
        space.Observe(observer); // IOASID2009
    }
}

internal static class Table
{
    private static readonly Dictionary<RawIoAsid, object> Entries = [];

    private static readonly Dictionary<uint, object> Numbers = [];

    internal static object? Unmarked(RawIoAsid id) // IOASID1004
    {
        return Entries.GetValueOrDefault(id);
    }

    internal static object? Plain(uint id) // IOASID1010
    {
        return Numbers.GetValueOrDefault(id);
    }
}
