using IoAsid.Typed;
using IoAsid.Typed.Migration;

namespace Migration.Transitional;

/// <summary>Binds guests' page tables. The lookup should use the container's set, and passes NULL for now.</summary>
public sealed class GuestBinds(Pasids pasids)
{
    private readonly IoAsidSet<GuestSvaBinding> _vm1 = pasids.Vm1;
    private readonly IoAsidSet<GuestSvaBinding> _vm2 = pasids.Vm2;

    public string Bind(string machine, RawIoAsid pasid)
    {
        GuestSvaBinding? binding = UntypedLookup.Find(pasids.Space, null /* the container's set */, pasid, null) as GuestSvaBinding;
        return binding is null ? "refused" : $"{machine} is bound to the memory of {binding.Machine}";
    }

    public long Guests => _vm1.GetStatistics().Live + _vm2.GetStatistics().Live;
}
