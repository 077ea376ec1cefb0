using IoAsid.Typed;

namespace QuickStart.RunTime;

/// <summary>The container of one virtual machine, which may use its own ids and no others. It never sees the data, so it takes the set without a data type.</summary>
public sealed class VfioContainer(IoAsidSet ids)
{
    public string Check(PrivateIoAsid guestPasid)
    {
        if (!ids.TryHold(guestPasid, out IoAsidReference? mine))
            return "refused";

        // The reference keeps the id while the guest's request is carried out.
        using (mine)
            return $"PASID {mine.Id}";
    }

    public string Check(RawIoAsid pasid)
    {
        if (!ids.TryHold(pasid, out IoAsidReference? mine))
            return "refused";

        using (mine)
            return "allowed";
    }
}
