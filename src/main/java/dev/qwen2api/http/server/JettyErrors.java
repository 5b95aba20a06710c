package dev.qwen2api.http.server;

import dev.qwen2api.failure.Problem;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers what never reaches a route, such as malformed HTTP, in the common dialect instead of Jetty's HTML. Thread-safe. */
final class JettyErrors extends ErrorHandler {

    private final Dialects dialects;

    JettyErrors(Dialects dialects) {
        this.dialects = dialects;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Object known = request.getAttribute(AccessLog.ID);
        String id = known instanceof String name ? name : UUID.randomUUID().toString();
        request.setAttribute(AccessLog.ID, id);
        int status = response.getStatus() >= 400 ? response.getStatus() : 500;
        Problem problem = ErrorMapper.ofStatus(status, id);
        response.setStatus(status);
        response.getHeaders().put(RequestIds.HEADER, id);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.write(true, ByteBuffer.wrap(dialects.common().print(problem)), callback);
        return true;
    }
}
