import { handleTrpc } from '../../../../server/api/handler.ts';

export const dynamic = 'force-dynamic';
export { handleTrpc as GET, handleTrpc as POST };
