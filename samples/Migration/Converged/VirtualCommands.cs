using IoAsid.Typed;

namespace Migration.Converged;

/// <summary>Gives numbers back to the hypervisor. Whether somebody still uses one is what freeing it says.</summary>
public static class VirtualCommands
{
    public static string Free(IoAsidHandle<AuxiliaryDomain> handle) =>
        handle.Free() == IoAsidFreeResult.Reclaimed ? "given back" : "still in use";
}
