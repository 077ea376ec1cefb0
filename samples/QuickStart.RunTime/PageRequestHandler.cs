using System.Diagnostics;
using IoAsid.Typed;

namespace QuickStart.RunTime;

/// <summary>Serves page requests of all owners. It reads SVA bindings, so its lookup never returns an auxiliary domain.</summary>
public static class PageRequestHandler
{
    public static string Serve(IoAsidReader<SvaBinding> sva, PageRequest request)
    {
        using IoAsidHold<SvaBinding> hold = sva.Hold(request.Pasid);
        if (!hold.IsHeld)
            return $"invalid request ({hold.Status})";

        if (!hold.Data.HasBond(request.Device))
            return "invalid request (no bond)";

        return hold.Data switch
        {
            NativeSvaBinding native => $"page mapped from {native}",
            GuestSvaBinding guest => $"passed on to {guest.VirtualMachine}",
            _ => throw new UnreachableException(),
        };
    }
}
